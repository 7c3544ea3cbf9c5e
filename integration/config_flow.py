"""Setting up: discovered by Supervisor, or by hand; a new token, a new address."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol
from homeassistant.config_entries import SOURCE_IGNORE, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_TOKEN
from homeassistant.const import __version__ as home_assistant
from homeassistant.helpers import selector
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.loader import async_get_integration
from yarl import URL

from .client import Hello
from .const import CONF_APP, CONF_DISCOVERY, DEFAULT_PORT, DOMAIN
from .coordinator import make_client
from .errors import Incompatible, WakesmithError
from .repairs import age

_SECRET = selector.TextSelector(
    selector.TextSelectorConfig(type=selector.TextSelectorType.PASSWORD, autocomplete="off")
)
_PORT = vol.All(vol.Coerce(int), vol.Range(min=1, max=65535))
TOKEN_FORM = vol.Schema({vol.Required(CONF_TOKEN): _SECRET})
ADDRESS_FORM = vol.Schema(
    {
        vol.Required(CONF_HOST): str,
        vol.Required(CONF_PORT, default=DEFAULT_PORT): _PORT,
        vol.Required(CONF_TOKEN): _SECRET,
    }
)


class WakesmithConfigFlow(ConfigFlow, domain=DOMAIN):
    """From an address and a token to an entry; its unique id is that of the app's installation."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        self._name = "Wakesmith"

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address and the token."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _address(user_input)
            hello = await self._greet(data, errors)
            if hello:
                return await self._finish(hello, data)
        form = self.add_suggested_values_to_schema(ADDRESS_FORM, user_input or {})
        return self.async_show_form(step_id="user", data_schema=form, errors=errors)

    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Take what Supervisor tells of the app; one that is set up learns its new address and token."""
        config = discovery_info.config
        self._name = discovery_info.name
        self._found = {
            CONF_HOST: config[CONF_HOST],
            CONF_PORT: int(config[CONF_PORT]),
            CONF_SSL: False,
            CONF_TOKEN: config[CONF_TOKEN],
            CONF_APP: discovery_info.slug,
            CONF_DISCOVERY: discovery_info.uuid,
        }
        address = (self._found[CONF_HOST], self._found[CONF_PORT])
        for entry in self._async_current_entries():
            same = (entry.data.get(CONF_HOST), entry.data.get(CONF_PORT)) == address
            if same or entry.data.get(CONF_DISCOVERY) == discovery_info.uuid:
                return self.async_update_reload_and_abort(
                    entry,
                    data_updates=self._found,
                    reason="already_configured",
                    reload_even_if_entry_is_unchanged=False,
                )
        await self.async_set_unique_id(discovery_info.uuid)
        self._abort_if_unique_id_configured()  # ignored by the user
        self.context["title_placeholders"] = {"name": self._name}
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the app that was discovered shall be set up."""
        errors: dict[str, str] = {}
        if user_input is not None:
            hello = await self._greet(self._found, errors)
            if hello:
                return await self._finish(hello, self._found)
        else:
            self._set_confirm_only()
        return self.async_show_form(
            step_id="hassio_confirm", description_placeholders={"name": self._name}, errors=errors
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for a new token: the app does not take the old one any more."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new token."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        if user_input is not None:
            hello = await self._greet({**entry.data, **user_input}, errors)
            if hello:
                await self.async_set_unique_id(hello.id)
                self._abort_if_unique_id_mismatch(reason="another_app")
                return self.async_update_reload_and_abort(entry, data_updates=user_input)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=TOKEN_FORM,
            description_placeholders={"name": entry.title},
            errors=errors,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new address."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = _address(user_input)
            hello = await self._greet(data, errors)
            if hello:
                await self.async_set_unique_id(hello.id)
                self._abort_if_unique_id_mismatch(reason="another_app")
                return self.async_update_reload_and_abort(entry, data_updates=data)
        form = self.add_suggested_values_to_schema(ADDRESS_FORM, user_input or entry.data)
        return self.async_show_form(step_id="reconfigure", data_schema=form, errors=errors)

    async def _finish(self, hello: Hello, data: dict[str, Any]) -> ConfigFlowResult:
        """Make the entry; one of the same app learns the address, and takes back the link that greeting took."""
        known = await self.async_set_unique_id(hello.id, raise_on_progress=False)
        if known is not None and known.source != SOURCE_IGNORE:
            return self.async_update_reload_and_abort(known, data_updates=data, reason="already_configured")
        return self.async_create_entry(title=hello.name, data=data)

    async def _greet(self, data: Mapping[str, Any], errors: dict[str, str]) -> Hello | None:
        """Ask who is there; None, and the reason in `errors`, where that is no app that we can talk to."""
        version = str((await async_get_integration(self.hass, DOMAIN)).version)
        try:
            connection = await make_client(self.hass, data).open(version, home_assistant)
            await connection.close()
            if code := age(connection.hello.version):
                raise Incompatible("not of our time", code=code)
        except WakesmithError as error:
            errors["base"] = error.code
            return None
        except ValueError:  # a host that is none
            errors["base"] = "cannot_connect"
            return None
        return connection.hello


def _address(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Read what the user typed: a host, or the whole address as a browser shows it."""
    typed = user_input[CONF_HOST].strip()
    data = {**user_input, CONF_HOST: typed, CONF_SSL: False, CONF_TOKEN: user_input[CONF_TOKEN].strip()}
    if "://" not in typed:
        return data
    try:
        url = URL(typed)
        port = url.explicit_port
    except ValueError:
        return data  # nobody answers at such an address, and that is what the user is told
    return data | {
        CONF_HOST: url.host or typed,
        CONF_PORT: port or user_input[CONF_PORT],
        CONF_SSL: url.scheme == "https",
    }
