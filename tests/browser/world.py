"""What a browser test acts in, and the people who act: with the keyboard alone, or as they like."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from typing_extensions import override

from entractes_auth import Auth
from entractes_auth.testing.clock import FrozenClock
from entractes_auth.testing.messenger import RecordingMessenger
from examples.flask_app import Desk

__all__ = ["PDF", "KeyboardPerson", "Person", "World"]

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
_MOST_TABS = 120
_NARROWEST = 320  # WCAG 1.4.10
_PHONE = 360


@dataclass(frozen=True)
class World:
    """The site, and what happens outside it: time passes, phones and mailboxes receive.

    `auth` runs flows on the site's own store, without its robot check; `pages` names its pages.
    """

    origin: str
    clock: FrozenClock
    carrier: RecordingMessenger
    desk: Desk
    auth: Auth
    pages: frozenset[str]
    folder: Path

    def document(self, name: str) -> Path:
        """A small PDF on the person's own disk."""
        path = self.folder / name
        path.write_bytes(PDF)
        return path


class Person:
    """Somebody at a screen, who finds things by what is written on them."""

    def __init__(self, page: Page, world: World) -> None:
        self.page = page
        self.world = world

    def go(self, address: str) -> None:
        """Open an address of the site, or a whole link."""
        self.page.goto(address if address.startswith("http") else self.world.origin + address)

    def fill(self, name: str, text: str) -> None:
        """Replace what a field holds."""
        self.page.locator(f"#{name}").fill(text)

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.page.locator(f"#{name}").check()

    def choose(self, name: str, label: str) -> None:
        """Choose from a list by what is written there."""
        self.page.locator(f"#{name}").select_option(label=label)

    def attach(self, name: str, path: Path) -> None:
        """Choose a file."""
        self.page.locator(f"#{name}").set_input_files(path)

    def press(self, text: str) -> None:
        """Press the button, or follow the link, that says this."""
        self._named(text).click()

    def sees(self, text: str) -> None:
        """The page shows this."""
        expect(self.page.locator("body")).to_contain_text(text)

    def looks(self, name: str) -> None:
        """The page holds no violation that axe-core knows, fits its window and the narrowest, and is pictured.

        It also fits a phone whose owner has the letters twice as large (WCAG 1.4.4).
        """
        results = Axe().run(self.page)  # pyright: ignore[reportUnknownMemberType] - the library has no types
        assert results.violations_count == 0, results.generate_report()
        own = self.page.viewport_size
        assert own is not None
        for width, letters in ((_NARROWEST, ""), (_PHONE, "200%"), (own["width"], "")):
            self.page.set_viewport_size({"width": width, "height": own["height"]})
            self.page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
            wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wider <= 0, f"{name} is {wider} pixels wider than a window of {width}, letters {letters}"
        folder = Path(os.environ.get("SCREENSHOTS", str(self.world.folder)))
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def _named(self, text: str) -> Locator:
        for place in ("main", "body"):
            shown = self.page.locator(place).locator("button:not(.unseen), a, summary").filter(has_text=text)
            if shown.count():
                return shown.first
        raise AssertionError(f"nothing on this page says {text!r}")


class KeyboardPerson(Person):
    """Somebody with a keyboard and nothing else: every control is reached by Tab."""

    def __init__(self, page: Page, world: World) -> None:
        super().__init__(page, world)
        # From the start: a listener that comes with the key press may come too late for the dialog.
        page.on("filechooser", lambda _: None)

    @override
    def fill(self, name: str, text: str) -> None:
        """Go to the field, select what is there, type."""
        self._reach(self.page.locator(f"#{name}"))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    @override
    def tick(self, name: str) -> None:
        """Go to the box and press the space bar; among radio buttons, the arrows move."""
        box = self.page.locator(f"#{name}")
        if box.get_attribute("type") == "radio":
            self._reach_radio(box)
        else:
            self._reach(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    @override
    def choose(self, name: str, label: str) -> None:
        """Go to the list and type what is looked for; once more where a slow machine made a pause of it."""
        chosen = self.page.locator(f"#{name} option:checked")
        self._reach(self.page.locator(f"#{name}"))
        for _ in range(3):
            self.page.keyboard.type(label)
            if chosen.inner_text() == label:
                return
            self.page.wait_for_timeout(1500)
        raise AssertionError(f"typing does not choose {label!r}")

    @override
    def attach(self, name: str, path: Path) -> None:
        """Open the file dialog with the keyboard."""
        self._reach(self.page.locator(f"#{name}"))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(path)

    @override
    def press(self, text: str) -> None:
        """Go to the button or link and press Enter."""
        target = self._named(text)
        self._reach(target)
        if target.evaluate("element => element.tagName") == "SUMMARY":
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        # An error summary takes the focus with the first frame: a person cannot be faster, a test can.
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_attached()
        for _ in range(_MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def _reach_radio(self, target: Locator) -> None:
        group = self.page.locator(f"input[name='{target.get_attribute('name')}']")
        for _ in range(_MOST_TABS):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        for _ in range(group.count() + 1):
            if target.is_checked():
                return
            here = target.evaluate("element => element === document.activeElement")
            self.page.keyboard.press("Space" if here else "ArrowDown")
