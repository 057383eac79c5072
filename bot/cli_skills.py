"""`careline staff skills`: what somebody can take, and how many cases at once."""

from __future__ import annotations

from collections.abc import Collection

import click

from bot import texts
from bot.cli_parts import explained, run, say
from bot.clock import utc_now
from bot.core import database_for
from bot.errors import Invalid, NotFound
from bot.handoff.cases import Agent
from bot.handoff.presence import set_skills
from bot.handoff.skills import DOMAINS, Skills
from bot.knowledge import profile
from bot.settings import Settings
from bot.staff.service import account_named


@click.command("skills")
@click.argument("name")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(texts.LANGUAGES),
    help="A language they answer in; several times for several. None: any.",
)
@click.option(
    "--topic",
    "domains",
    multiple=True,
    type=click.Choice(DOMAINS),
    help="A subject they answer. None: any.",
)
@click.option("--site", "sites", multiple=True, help="A site's id in the profile. None: any.")
@click.option(
    "--privacy/--no-privacy",
    "private",
    default=True,
    show_default=True,
    help="Whether legal and privacy cases may be given to them.",
)
@click.option(
    "--capacity",
    type=click.IntRange(0, 100),
    help="Cases they have at once. Left out: as the clinic profile says.",
)
@explained
def skills(
    name: str,
    languages: tuple[str, ...],
    domains: tuple[str, ...],
    sites: tuple[str, ...],
    private: bool,
    capacity: int | None,
) -> None:
    """Say what NAME can take; what is left out sets no limit."""
    _known_sites(Settings(), sites)
    can = Skills(frozenset(languages), frozenset(domains), frozenset(sites), private)
    run(_store(Settings(), name, can, capacity))
    say(f"{name}: kept.")


def _known_sites(settings: Settings, sites: Collection[str]) -> None:
    known = [place.id for place in profile.load(settings.data_dir / "clinic.toml").locations]
    for site in sites:
        if site not in known:
            raise Invalid(
                f"no site {site!r} in the clinic profile",
                field="site",
                remedy=f"The profile has: {', '.join(known)}.",
            )


async def _store(settings: Settings, name: str, can: Skills, capacity: int | None) -> None:
    database = database_for(settings)
    try:
        async with database.work() as work:
            account = await account_named(work.session, name)
            if account is None:
                raise NotFound(
                    "no such account", field="name", remedy="`careline staff list` shows all."
                )
            agent = Agent(account.id, account.display_name)
            await set_skills(work, "command-line", agent, can, capacity, utc_now())
            await work.commit()
    finally:
        await database.close()
