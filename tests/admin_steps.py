"""What tests of Django admin do: addresses, and pages sent as a browser sends them."""

from html.parser import HTMLParser

from django.urls import reverse


def address(model, page, *args, language="en"):
    meta = model._meta
    found = reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)
    return f"/{language}/{found.split('/', 2)[2]}"


class _Fields(HTMLParser):
    """What a browser would send from the forms of a page, as lists by name."""

    def __init__(self, html):
        super().__init__()
        self.sent = {}
        self.select = self.textarea = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "textarea":
            self.textarea = name
            self.sent[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attrs:
            self.sent.setdefault(self.select, []).append(attrs.get("value", ""))
        elif tag == "input" and name and "disabled" not in attrs:
            kind = attrs.get("type", "text")
            if kind in {"submit", "button", "file"}:
                return
            if kind in {"checkbox", "radio"} and "checked" not in attrs:
                return
            self.sent.setdefault(name, []).append(attrs.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser leaves out the first end of a line, and ends lines with two signs.
            text = self.sent[self.textarea][0].removeprefix("\n")
            self.sent[self.textarea] = [text.replace("\n", "\r\n")]
            self.textarea = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea][0] += data


def form_of(page):
    """What a browser sends from a page of the admin on which nothing was typed."""
    sent = _Fields(page.content.decode()).sent
    return {name: values for name, values in sent.items() if "__prefix__" not in name}
