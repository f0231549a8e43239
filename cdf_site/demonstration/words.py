"""What the clusters of the demonstration say: fixtures/demonstration_texts.json, marked as invented."""

import json
from datetime import date, timedelta

from django.conf import settings

# When a next step is due that says so in words, as month and day.
DUE = {
    "Christmas": (12, 15),
    "end of the year": (12, 31),
    "start of next year": (12, 31),
    "before the winter": (11, 30),
    "winter": (2, 28),
    "Easter": (3, 20),
    "financial year": (3, 31),
    "spring": (5, 15),
    "before the summer": (5, 31),
    "summer": (8, 31),
    "before the autumn": (9, 1),
    "autumn": (11, 15),
}
# The same in days from then.
DUE_IN = {"half a year": 182, "month": 35, "meeting": 35}


def read_texts():
    file = settings.BASE_DIR / "fixtures" / "demonstration_texts.json"
    return json.loads(file.read_text(encoding="utf-8"))


class Words:
    """One cluster's stock of texts: none is said twice before all of its kind were said."""

    def __init__(self, texts, random):
        self.texts = texts
        self.random = random
        self.left = {}

    def draw(self, *path):
        """A text in both languages, from the list that lies at ``path``."""
        if not self.left.get(path):
            texts = self.texts
            for step in path:
                texts = texts[step]
            self.left[path] = self.random.sample(texts, len(texts))
        return self.left[path].pop()

    def mark(self, language, *texts):
        """``texts`` in ``language``, one after the other, and that they are invented."""
        said = [text[language] for text in texts]
        separator = "\n\n" if any("\n" in text for text in said) else " "
        return separator.join([*said, self.texts["marker"][language]])

    def say(self, language, *path):
        return self.mark(language, self.draw(*path))


def due_on(text, after, random):
    """A day after ``after`` that fits what an English ``text`` says of when."""
    said = [words for words in DUE if words in text]
    if said:
        # What is said last counts, and of "before the summer" and "summer" the longer.
        last = max(said, key=lambda words: (text.rfind(words) + len(words), len(words)))
        due = date(after.year, *DUE[last])
        return due if due > after else due.replace(year=after.year + 1)
    days = [days for words, days in DUE_IN.items() if words in text]
    return after + timedelta(days=days[0] if days else random.randrange(60, 300))
