"""备份与运行: how old the newest copy is, whether it was proven, whether the machine is well, what to do where not."""

from django.http import HttpResponse
from django.shortcuts import render

from liren.base.backup import queries as backup
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.words import running as words
from liren.faces.staff import showing
from liren.kernel.clock import utc_now

DUTY = "jobs.manage"
SHAPES = {"good": "done", "soon": "soon", "bad": "late"}


@door("staff", DUTY)
def running(request: FaceRequest) -> HttpResponse:
    """Every check in words; what needs a person comes first."""
    told = [words.told(check) for check in backup.checks(utc_now())]
    order = {"bad": 0, "soon": 1, "good": 2}
    rows = [
        {"told": one, "shape": SHAPES[one.state]} for one in sorted(told, key=lambda one: order[one.state])
    ]
    context = showing.frame(request, "office", dead=False) | {
        "rows": rows,
        "bad": sum(one.state == "bad" for one in told),
    }
    return render(request, "staff/office_running.html", context)
