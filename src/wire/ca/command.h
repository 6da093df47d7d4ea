#pragma once

#include <cstdint>
#include <string_view>

namespace iochron::wire::ca {

/// The first field of every message. Values that are not listed here can be received: to_string() is empty for them.
enum class Command : std::uint16_t {
    version = 0,
    event_add = 1,
    event_cancel = 2,
    read = 3, ///< deprecated, but served
    write = 4,
    snapshot = 5, ///< obsolete
    search = 6,
    build = 7, ///< obsolete
    events_off = 8,
    events_on = 9,
    read_sync = 10, ///< deprecated, but served
    error = 11,
    clear_channel = 12,
    beacon = 13, ///< RSRV_IS_UP
    not_found = 14,
    read_notify = 15,
    read_build = 16, ///< obsolete
    repeater_confirm = 17,
    create_channel = 18,
    write_notify = 19,
    client_name = 20,
    host_name = 21,
    access_rights = 22,
    echo = 23,
    repeater_register = 24,
    signal = 25, ///< obsolete
    create_failed = 26,
    server_disconnect = 27,
};

/// "READ_NOTIFY": the name that EPICS gives it; empty for a code that has none.
[[nodiscard]] std::string_view to_string(Command command);

} // namespace iochron::wire::ca
