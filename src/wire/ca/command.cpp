#include "wire/ca/command.h"

#include <array>

namespace iochron::wire::ca {

namespace {
constexpr std::array<std::string_view, 28> names = {"VERSION",
                                                    "EVENT_ADD",
                                                    "EVENT_CANCEL",
                                                    "READ",
                                                    "WRITE",
                                                    "SNAPSHOT",
                                                    "SEARCH",
                                                    "BUILD",
                                                    "EVENTS_OFF",
                                                    "EVENTS_ON",
                                                    "READ_SYNC",
                                                    "ERROR",
                                                    "CLEAR_CHANNEL",
                                                    "RSRV_IS_UP",
                                                    "NOT_FOUND",
                                                    "READ_NOTIFY",
                                                    "READ_BUILD",
                                                    "REPEATER_CONFIRM",
                                                    "CREATE_CHAN",
                                                    "WRITE_NOTIFY",
                                                    "CLIENT_NAME",
                                                    "HOST_NAME",
                                                    "ACCESS_RIGHTS",
                                                    "ECHO",
                                                    "REPEATER_REGISTER",
                                                    "SIGNAL",
                                                    "CREATE_CH_FAIL",
                                                    "SERVER_DISCONN"};
} // namespace

std::string_view to_string(Command command)
{
    const auto code = static_cast<std::size_t>(command);
    return code < names.size() ? names[code] : std::string_view{};
}

} // namespace iochron::wire::ca
