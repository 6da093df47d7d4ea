#include "ioc/state.h"

namespace iochron {

pv::Source& Ioc::State::network()
{
    constexpr std::uint16_t priority_of_links = 80; // CA_PRIORITY_DB_LINKS of EPICS Base
    if (!client) {
        client.emplace(shard, client::ca::parse_settings(environment()), *log,
                       client::ca::ClientOptions{.priority = priority_of_links});
    }
    return *client;
}

} // namespace iochron
