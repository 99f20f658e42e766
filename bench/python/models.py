"""What is answered, as pydantic checks it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Cluster(BaseModel):
    """A cluster with the limits that are documented."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[str, Field(min_length=1, max_length=54)]
    html_url: str | None = None
    name: str
    workspace_id: Annotated[str, Field(min_length=1, max_length=53)]
    state: Literal["pending", "provisioning", "active", "suspended", "deleting"] | str
    provider: Literal["managed_kaas", "imported_byoc"] | str
    reconciling: bool
    created_at: int
    updated_at: int
    etag: str


class Page(BaseModel):
    """A page of a list."""

    data: list[Cluster]
    has_more: bool
    next_cursor: str | None = None
