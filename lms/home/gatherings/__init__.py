"""Groups that met, for those who hold them and for the office of the province."""
