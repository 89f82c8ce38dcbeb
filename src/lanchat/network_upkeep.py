"""What is kept right while the network changes: where to join, the room's name, the certificate."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import lanchat
from lanchat.chat.events import InvitationChanged
from lanchat.chat.hub import Hub
from lanchat.config import ServeConfig
from lanchat.errors import ExtraMissing
from lanchat.net.addresses import LAN_RANGES
from lanchat.net.announcer import Announcer
from lanchat.net.network import Network
from lanchat.periodic import Periodic

if TYPE_CHECKING:
    from lanchat.tls.encryption import Encryption

_LOOK_SECONDS = 3.0
"""Between two looks at the network: a laptop changes its Wi-Fi, and nobody has to wonder."""


def encryption_for(config: ServeConfig, network: Network) -> Encryption:
    """The certificate to show. Raises ExtraMissing, SettingRefused or DataUnusable."""
    try:
        from lanchat.tls.encryption import make_encryption
    except ModuleNotFoundError as error:
        raise ExtraMissing("--tls", "cryptography") from error
    chosen = set(config.allow_hosts)
    if config.mdns_name is not None:  # it is sure a little later
        chosen.add(f"{config.mdns_name}.local")
    return make_encryption(config, lambda: network.own_hosts() | chosen, LAN_RANGES)


class NetworkUpkeep:
    """Looks at the network again and again, and tells the room and the network what is new."""

    def __init__(
        self, config: ServeConfig, hub: Hub, network: Network, encryption: Encryption | None
    ) -> None:
        self._leaving = ExitStack()
        with ExitStack() as undo:
            if not config.trust_proxy:  # behind one, the address to share is the proxy's
                network.on_change(lambda: hub.publish(_invitation(config, network)))
            undo.callback(Periodic(network.refresh, _LOOK_SECONDS, name="network").close)
            if config.mdns_name is not None and not config.trust_proxy:
                announcer = Announcer(
                    network,
                    name=config.mdns_name,
                    room=config.name,
                    text=partial(_announced, config, hub),
                )
                undo.callback(announcer.close)
                announcer.refresh()
                looks = Periodic(announcer.refresh, _LOOK_SECONDS, name="announcer")
                self._leaving.callback(announcer.leave)
                self._leaving.callback(looks.close)
                undo.callback(self._leaving.close)
            if encryption is not None:
                renewal = Periodic(encryption.refresh, _LOOK_SECONDS, name="certificate")
                undo.callback(renewal.close)
            self.stop = undo.pop_all().close

    def leave(self) -> None:
        """Begin to say goodbye to the network, which takes as long as the clients' last words."""
        self._leaving.close()


def _invitation(config: ServeConfig, network: Network) -> InvitationChanged:
    return InvitationChanged(network.share_url, config.invitation(network.share_url))


def _announced(config: ServeConfig, hub: Hub) -> dict[str, str]:
    """What everybody on the network may know of the room before they join."""
    return {
        "lanchat": lanchat.__version__,
        "people": str(hub.count()),
        "code": "no" if config.access_code is None else "yes",
        "tls": "1" if config.encrypted else "0",
    }
