"""What the cards of the model page say: installed, offered and travelling models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.catalogue import CatalogueEntry, ModelKind, RemoteModel, SuggestedRepository
from app.core.generation import LoadedModel
from app.core.library import InstalledModel, RefusedModel
from app.core.memory_plan import MemoryPlan
from app.core.plan_words import Verdict
from app.ui.download_queue import DownloadItem, DownloadState
from app.ui.error_text import error_text
from app.ui.model_page.rows import RowAction, RowContent
from app.ui.model_page.words import download_text, origin_text
from app.ui.size_words import memory_text, number_text, size_text


@dataclass(frozen=True, slots=True)
class InstalledActions:
    """What can be done with a model of this computer."""

    load: Callable[[InstalledModel], None]
    unload: Callable[[], None]
    verify: Callable[[InstalledModel], None]
    show_in_folder: Callable[[InstalledModel], None]
    delete: Callable[[InstalledModel], None]
    forget: Callable[[InstalledModel], None]


def installed_content(
    model: InstalledModel,
    plan: MemoryPlan | None,
    loaded: LoadedModel | None,
    speed: str,
    actions: InstalledActions,
) -> RowContent:
    """A model of this computer. `speed` is what was measured here, in words, or empty."""
    is_loaded = loaded is not None and loaded.card.path == model.path
    facts = [model.card.quantization, size_text(model.card.size_bytes), origin_text(model)]
    if plan is not None:
        context = QCoreApplication.translate("ModelPage", "context {n}")
        facts.append(context.format(n=number_text(plan.n_ctx)))
    facts.append(speed)
    title = model.title
    if model.card.is_practice:
        title = QCoreApplication.translate("ModelPage", "Practice model")
    text = ""
    if plan is not None and not is_loaded:
        text = memory_text(plan.sentence)
        if plan.advice is not None:
            text += " " + memory_text(plan.advice)
    return RowContent(
        title,
        mark=QCoreApplication.translate("ModelPage", "Loaded") if is_loaded else "",
        facts=" · ".join(f for f in facts if f),
        text=text,
        actions=_installed_actions(
            model,
            actions,
            is_loaded=is_loaded,
            fits=plan is None or plan.verdict is not Verdict.DOES_NOT_FIT,
        ),
    )


def _installed_actions(
    model: InstalledModel, actions: InstalledActions, *, is_loaded: bool, fits: bool
) -> tuple[RowAction, ...]:
    first = (
        RowAction(QCoreApplication.translate("ModelPage", "Unload"), actions.unload)
        if is_loaded
        else RowAction(
            QCoreApplication.translate("ModelPage", "Load")
            if fits
            else QCoreApplication.translate("ModelPage", "Load anyway"),
            lambda: actions.load(model),
            is_primary=fits,
        )
    )
    more = [
        RowAction(
            QCoreApplication.translate("ModelPage", "Show in its folder"),
            lambda: actions.show_in_folder(model),
            is_in_menu=True,
        ),
        RowAction(
            QCoreApplication.translate("ModelPage", "Verify"),
            lambda: actions.verify(model),
            is_in_menu=True,
        ),
    ]
    if model.can_be_deleted:
        text = QCoreApplication.translate("ModelPage", "Delete…")
        more.append(RowAction(text, lambda: actions.delete(model), is_in_menu=True))
    if model.can_be_forgotten:
        text = QCoreApplication.translate("ModelPage", "Take off the list")
        more.append(RowAction(text, lambda: actions.forget(model), is_in_menu=True))
    return (first, *more)


def refused_content(refused: RefusedModel) -> RowContent:
    """A file that looks like gpt-oss and cannot be used, with the reason."""
    return RowContent(
        refused.title, facts=str(refused.path), problem=error_text(refused.reason)
    )


def offered_content(
    entry: CatalogueEntry,
    plan: MemoryPlan | None,
    free_bytes: int,
    download: Callable[[RemoteModel], None],
) -> RowContent:
    """A suggestion that can be fetched. `plan`: how it would fit; None: not known."""
    model = entry.model
    sentences = [entry.summary.in_language(QLocale().name())]
    if plan is not None:
        sentences.append(memory_text(plan.sentence))
    mark = ""
    if entry.is_recommended:
        mark = QCoreApplication.translate("ModelPage", "Recommended")
    elif model.kind is ModelKind.SAFEGUARD:
        mark = QCoreApplication.translate("ModelPage", "Judges texts, not for chatting")
    problem = ""
    if free_bytes < model.size_bytes:
        text = QCoreApplication.translate(
            "ModelPage", "The disk has {free} free: not enough for {size}."
        )
        problem = text.format(free=size_text(free_bytes), size=size_text(model.size_bytes))
    return RowContent(
        model.title,
        mark=mark,
        facts=f"{model.quantization} · {size_text(model.size_bytes)} · {model.repository}",
        text=" ".join(sentences),
        problem=problem,
        actions=(
            RowAction(
                QCoreApplication.translate("ModelPage", "Download"),
                lambda: download(model),
                is_primary=entry.is_recommended,
            ),
        ),
    )


def repository_content(
    repository: SuggestedRepository, look: Callable[[str], None]
) -> RowContent:
    """A repository whose files are looked up when they are wanted."""
    mark = ""
    if repository.kind is ModelKind.SAFEGUARD:
        mark = QCoreApplication.translate("ModelPage", "Judges texts, not for chatting")
    return RowContent(
        repository.repository,
        mark=mark,
        text=repository.summary.in_language(QLocale().name()),
        actions=(
            RowAction(
                QCoreApplication.translate("ModelPage", "List its files"),
                lambda: look(repository.repository),
            ),
        ),
    )


def download_content(
    item: DownloadItem,
    resume: Callable[[RemoteModel], None],
    pause: Callable[[RemoteModel], None],
    cancel: Callable[[RemoteModel], None],
) -> RowContent:
    """A download that runs, waits or rests."""
    model = item.model
    is_active = item.state in {DownloadState.QUEUED, DownloadState.RUNNING}
    line = download_text(item)
    is_failed = item.state is DownloadState.FAILED
    if is_active:
        first = RowAction(
            QCoreApplication.translate("ModelPage", "Pause"), lambda: pause(model)
        )
    else:
        first = RowAction(
            QCoreApplication.translate("ModelPage", "Resume"),
            lambda: resume(model),
            is_primary=True,
        )
    return RowContent(
        model.title,
        facts=f"{model.quantization} · {size_text(model.size_bytes)} · {model.repository}",
        text="" if is_failed else line,
        problem=line if is_failed else "",
        fraction=item.fraction,
        actions=(
            first,
            RowAction(QCoreApplication.translate("ModelPage", "Cancel"), lambda: cancel(model)),
        ),
    )
