"""Pictures of the main pages in both languages, from the demonstration that is in the database.

``python -m bench.pictures FOLDER`` serves the application on a free port of this machine for as
long as it takes. ``--all`` makes every page at 1280 and 320 pixels, to be looked at.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from playwright.sync_api import sync_playwright

FRAME = {"width": 1280, "height": 900}
CHOSEN = {("heat-map", "en"), ("outcome", "cy"), ("variation", "cy")}
# Documents and the page of them that is pictured: the same document in either language.
CHOSEN_PAGES = {("cluster-summary", "cy"): 1, ("board-summary", "en"): 3}
DOTS = 100  # an inch
HEIGHTS = {"heat-map": 1540, "variation": 1170}  # down to the end of what they show


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def pages(cycle, language):
    """What is pictured: a name, the role that sees it, and its address."""
    lead = f"/{language}/self-reflections/{cycle}/afan/"
    return [
        ("sign-in", None, f"/{language}/sign-in/"),
        ("home", "cluster_lead", f"/{language}/"),
        ("contents", "cluster_lead", lead),
        ("context", "cluster_lead", f"{lead}context/"),
        ("outcome", "cluster_lead", f"{lead}outcomes/PCMW/3/"),
        ("signs", "cluster_lead", f"{lead}outcomes/ACD/1/"),
        ("enablers", "cluster_lead", f"{lead}enablers/"),
        ("check", "cluster_lead", f"{lead}check/"),
        ("read", "cluster_lead", f"{lead}read/"),
        ("framework", None, f"/{language}/framework/2022-05/"),
        ("module", None, f"/{language}/framework/2022-05/PCMW/"),
        ("framework-outcome", None, f"/{language}/framework/2022-05/PCMW/6/"),
        ("officer-home", "health_board_officer", f"/{language}/"),
        ("board", "health_board_officer", f"/{language}/results/"),
        (
            "heat-map",
            "health_board_officer",
            f"/{language}/dashboard/board-7a3/levels/",
        ),
        (
            "variation",
            "health_board_officer",
            f"/{language}/dashboard/board-7a3/variation/",
        ),
        ("national", "national_officer", f"/{language}/results/"),
        ("admin", "administrator", f"/{language}/admin/"),
        (
            "admin-clusters",
            "administrator",
            f"/{language}/admin/organisations/cluster/",
        ),
        ("missing", None, f"/{language}/nothing-here/"),
    ]


def documents(submission, language):
    """The documents of which pages are pictured, as ``pages`` has them."""
    reflection = submission.reflection
    where = f"{reflection.cycle.code}/{reflection.cluster.code}/{submission.number}"
    board = f"board-{reflection.cluster.health_board.code}".lower()
    return [
        (
            "cluster-summary",
            "health_board_officer",
            f"/{language}/results/summaries/{where}/{language}.pdf",
        ),
        (
            "board-summary",
            "health_board_officer",
            f"/{language}/dashboard/{board}/summary/{language}.pdf",
        ),
    ]


def picture_pages(content, name, chosen, folder):
    """Write the ``chosen`` page of the PDF ``content`` as a picture, or each of its pages."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        command = ["pdftoppm", "-r", str(DOTS), "-png"]
        if chosen:
            command += ["-f", str(chosen), "-l", str(chosen), "-singlefile"]
        subprocess.run([*command, file.name, folder / name], check=True)  # noqa: S603


def serve():
    from cdf_site.wsgi import application  # noqa: PLC0415 (Django has to be set up first)

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def sign_in(browser, base, account, width):
    page = browser.new_page(viewport=FRAME | {"width": width}, base_url=base)
    if account:
        page.goto("/en/sign-in/")
        page.locator("input[name=username]").fill(account.email)
        page.locator("input[name=password]").fill(account.password)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdf_site.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from assessments.models import Cycle, Submission  # noqa: PLC0415
    from cdf_site.demonstration import demonstration_accounts  # noqa: PLC0415

    accounts = {}
    for account in demonstration_accounts():
        accounts.setdefault(account.role, account)
    cycle = Cycle.objects.current().get().code
    submission = (
        Submission.objects.filter(reflection__cycle__code=cycle)
        .filter(reflection__cluster__health_board__code="7A3")
        .order_by("reflection__cluster__sort_en", "-number")
        .first()
    )
    options.folder.mkdir(parents=True, exist_ok=True)
    server = serve()
    base = f"http://127.0.0.1:{server.server_port}"
    chosen = None if options.all else CHOSEN
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell")
            or shutil.which("chromium"),
            args=[
                "--font-render-hinting=none",  # letters keep their distances
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        )
        for width in (1280, 320) if options.all else (1280,):
            for role in dict.fromkeys(role for _, role, _ in pages(cycle, "en")):
                page = sign_in(browser, base, accounts.get(role), width)
                for language in ("cy", "en"):
                    for name, wanted, address in pages(cycle, language):
                        if wanted != role or (
                            chosen and (name, language) not in chosen
                        ):
                            continue
                        height = HEIGHTS.get(name, FRAME["height"])
                        page.set_viewport_size({"width": width, "height": height})
                        page.goto(address)
                        suffix = "" if width == 1280 else f"-{width}"
                        page.screenshot(
                            path=options.folder / f"{name}-{language}{suffix}.png",
                            full_page=options.all,
                        )
                if width == FRAME["width"]:
                    for language in ("cy", "en"):
                        for name, wanted, address in documents(submission, language):
                            shown = CHOSEN_PAGES.get((name, language))
                            if wanted == role and (options.all or shown):
                                answer = page.request.get(address)
                                picture_pages(
                                    answer.body(),
                                    f"{name}-{language}",
                                    None if options.all else shown,
                                    options.folder,
                                )
                page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
