"""Our own rules for safe code: the program keeps them, and each of them bites."""

import pytest

from tools import flaws


def test_the_program_keeps_the_rules() -> None:
    assert not [str(flaw) for flaw in flaws.own()]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("no_markup_by_hand", "x = mark_safe(f'<b>{name}</b>')"),
        ("no_markup_by_hand", "x = safestring.SafeString(text)"),
        ("no_sql_by_hand", "cursor.execute(f'SELECT {column} FROM t')"),
        ("no_sql_by_hand", "cursor.execute('SELECT * FROM t WHERE a = ' + value)"),
        ("no_sql_by_hand", "Case.objects.raw('SELECT %s' % value)"),
        ("no_sql_by_hand", "RawSQL('a = {}'.format(value), [])"),
        ("no_tables_in_faces", "Case.objects.get(id=1)"),
        ("no_open_form", "@csrf_exempt\ndef view(request): ..."),
        ("no_open_form", "from django.views.decorators import csrf\nview = csrf.csrf_exempt(view)"),
        ("no_person_in_the_log", "log.info('came: %s', request.POST)"),
        ("no_person_in_the_log", "log.warning('called %s', voice.phone)"),
        ("no_person_in_the_log", "log.error(f'{words}')"),
        ("no_person_in_the_log", "logging.info('x', extra={'body': request.body})"),
        ("no_dangerous_calls", "eval(text)"),
        ("no_dangerous_calls", "subprocess.run(line, shell=True)"),
        ("no_dangerous_calls", "from xml.etree import ElementTree"),
        ("no_dangerous_calls", "import pickle"),
        ("no_dangerous_calls", "get(url, verify=False)"),
        ("no_untyped_answer", "HttpResponse(words)"),
        ("no_codes_made_up", "raise Refused(f'bad.{text}')"),
        ("no_excuse_without_a_reason", "mark_safe(drawing)  # noqa: S308"),
        ("no_excuse_without_a_reason", "run(command)  # nosec B603"),
    ],
)
def test_a_planted_flaw_is_found(rule: str, code: str) -> None:
    assert rule in {flaw.rule for flaw in flaws.in_python(code, "src/liren/faces/kit/planted.py")}


@pytest.mark.parametrize(
    "code",
    [
        "cursor.execute('SELECT a FROM t WHERE b = %s', [value])",
        "mark_safe(DRAWING)  # noqa: S308 - our own drawing",
        "log.error('channel %s failed: %s', row.channel, error)",
        "HttpResponse(body, content_type='text/csv')",
        "cursor.execute(f'DROP TABLE {table}')  # safe - a table of our own",
    ],
)
def test_what_is_right_is_let_through(code: str) -> None:
    assert not list(flaws.in_python(code, "src/liren/faces/kit/planted.py"))


@pytest.mark.parametrize(
    ("rule", "page"),
    [
        ("no_unescaped_template", "<p>{{ words|safe }}</p>"),
        ("no_unescaped_template", "{% autoescape off %}{{ words }}{% endautoescape %}"),
        ("no_foreign_source", '<script src="https://elsewhere.example/x.js"></script>'),
        ("no_form_without_its_proof", '<form method="post" action="/say"><button>x</button></form>'),
    ],
)
def test_a_flaw_planted_in_a_template_is_found(rule: str, page: str) -> None:
    assert rule in {flaw.rule for flaw in flaws.in_template(page, "planted.html")}
    good = '<form method="post">{% csrf_token %}<button>x</button></form>{{ words|linebreaksbr }}'
    assert not list(flaws.in_template(good, "good.html"))
