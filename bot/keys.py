"""Typed keys of everything the application holds open."""

from __future__ import annotations

from aiohttp import web
from jinja2 import Environment

from bot.assistant.host import AssistantHost
from bot.corrections.sending import Corrections
from bot.db import Database
from bot.desk import Desk
from bot.gaps.running import Grouping
from bot.gateway import Gateway
from bot.knowledge.base import KnowledgeBase
from bot.outreach.calling import Calls
from bot.outreach.service import Outreach
from bot.privacy.encryption import KeyRing
from bot.settings import Settings
from bot.shift import Shift
from bot.web.hub import Hub

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
KEYS = web.AppKey("keys", KeyRing)
ASSISTANT = web.AppKey("assistant", AssistantHost)
KNOWLEDGE = web.AppKey("knowledge", KnowledgeBase)
DESK = web.AppKey("desk", Desk)
GATEWAY = web.AppKey("gateway", Gateway)
SHIFT = web.AppKey("shift", Shift)
CALLS = web.AppKey("calls", Calls)
OUTREACH = web.AppKey("outreach", Outreach)
CORRECTIONS = web.AppKey("corrections", Corrections)
HUB = web.AppKey("hub", Hub)
GAPS = web.AppKey("gaps", Grouping)
TEMPLATES = web.AppKey("templates", Environment)
