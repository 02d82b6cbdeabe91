"""The kernel's own pages: is the app up, how far is a job, which language, how large the letters."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from lms.kernel import jobs
from lms.kernel.access import door, local_path, missing, open_door
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobFile
from lms.kernel.look import Look, LookForm, chosen, keep

bp = Blueprint("kernel", __name__)


@bp.get("/health")
@open_door
def health() -> tuple[str, int, dict[str, str]]:
    """Up, and the database answers. Says nothing else."""
    db.session.execute(select(1))
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.post("/language")
@open_door
def language() -> Answer:
    """Change the language of the pages, for this browser."""
    chosen = request.form.get("locale", "vi")
    session["locale"] = chosen if chosen in {"vi", "en"} else "vi"
    return redirect(local_path(request.form.get("next")) or "/", 303)


@bp.get("/look")
@open_door
def look() -> str:
    """Choose how large the letters are, and dark or light."""
    now = chosen()
    return _look_page(LookForm(letters=now.letters, ground=now.ground), request.args.get("next"))


@bp.post("/look")
@open_door
def keep_look() -> tuple[str, int] | Answer:
    """Keep it for this browser, and go back to the page one came from. Nothing is written down on our side."""
    form = LookForm.filled(request.form)
    if not form.validate():
        return _look_page(form, request.form.get("next")), 422
    answer = redirect(local_path(request.form.get("next")) or "/", 303)
    keep(answer, Look(form.data["letters"], form.data["ground"]))
    return answer


def _look_page(form: LookForm, back: str | None) -> str:
    return render_template("kernel/look.html", form=form, back=local_path(back) or "/")


@bp.get("/jobs/<job_id>")
@door()
def job(job_id: str) -> str:
    """How far a piece of work is, what it made, or why it failed."""
    return render_template("jobs/job.html", job=_mine(job_id), file=_file(job_id))


@bp.get("/jobs/<job_id>/state")
@door()
def job_state(job_id: str) -> str:
    """The part of the page that changes."""
    return render_template("jobs/_state.html", job=_mine(job_id), file=_file(job_id))


@bp.get("/jobs/<job_id>/file")
@door()
def job_file(job_id: str) -> Response:
    """What the work made."""
    _mine(job_id)
    kept = _file(job_id) or missing()
    answer = Response(kept.content, mimetype=kept.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=kept.name)
    return answer


@bp.post("/jobs/<job_id>/runs")
@door()
def job_again(job_id: str) -> Answer:
    """Run work that failed once more."""
    jobs.again(_mine(job_id))
    return redirect(url_for(".job", job_id=job_id), 303)


def _mine(job_id: str) -> Job:
    return (
        db.session.scalar(select(Job).where(Job.id == job_id, Job.requested_by == current_user.account_id)) or missing()
    )


def _file(job_id: str) -> JobFile | None:
    return db.session.scalar(select(JobFile).where(JobFile.job_id == job_id))
