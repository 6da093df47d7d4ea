#include "reactor/resolve.h"

#include "reactor/poller.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

namespace iochron::reactor {
namespace {

/// A list that is being resolved: places are filled as the answers come, in any order.
struct Pending {
    std::vector<std::optional<base::Endpoint>> endpoints;
    std::vector<std::string> problems;
    std::size_t asked = 1; ///< names under way, and one for the reading of the list
    std::move_only_function<void(Resolved)> done;

    void answered()
    {
        if (--asked > 0) {
            return;
        }
        Resolved resolved{{}, std::move(problems)};
        for (const auto& endpoint : endpoints) {
            if (endpoint) {
                resolved.endpoints.push_back(*endpoint);
            }
        }
        done(std::move(resolved));
    }
};

std::vector<std::string_view> split(std::string_view list)
{
    constexpr std::string_view separators = " \t\r\n,";
    std::vector<std::string_view> entries;
    for (std::size_t at = list.find_first_not_of(separators); at != std::string_view::npos;) {
        const std::size_t end = std::min(list.find_first_of(separators, at), list.size());
        entries.push_back(list.substr(at, end - at));
        at = list.find_first_not_of(separators, end);
    }
    return entries;
}

void look_up(Shard& shard, const std::shared_ptr<Pending>& pending, const base::HostPort& name)
{
    const std::size_t place = pending->endpoints.size() - 1;
    ++pending->asked;
    shard.poller().look_up(std::string(name.host), [pending, place, port = name.port](auto found) {
        if (!found) {
            pending->problems.push_back(std::move(found.error()));
        } else if (!found->empty()) {
            pending->endpoints[place] = {found->front(), port};
        }
        pending->answered();
    });
}

} // namespace

void resolve(Shard& shard, std::string_view list, std::uint16_t default_port,
             std::move_only_function<void(Resolved)> done)
{
    const auto pending = std::make_shared<Pending>();
    pending->done = std::move(done);
    for (const std::string_view entry : split(list)) {
        pending->endpoints.push_back(base::parse_endpoint(entry, default_port));
        if (pending->endpoints.back()) {
            continue;
        }
        if (const auto name = base::split_host_port(entry, default_port)) {
            look_up(shard, pending, *name);
        } else {
            pending->problems.push_back(fmt::format("'{}' is no address; host or host:port is expected", entry));
        }
    }
    pending->answered();
}

} // namespace iochron::reactor
