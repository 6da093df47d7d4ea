#pragma once

#include "base/endpoint.h"
#include "reactor/shard.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::reactor {

/// What a list of hosts means.
struct Resolved {
    std::vector<base::Endpoint> endpoints; ///< in the order of the list; each name gives its first address
    std::vector<std::string> problems;     ///< one line for each entry that gave nothing
};

/// Makes addresses of "host[:port] host[:port] ...", separated by blanks or commas, as in EPICS_CA_ADDR_LIST. When
/// all are numbers, `done` is called before this returns; else later on the shard, when the name server has answered
/// or given up, which may take seconds. Nothing blocks.
void resolve(Shard& shard, std::string_view list, std::uint16_t default_port,
             std::move_only_function<void(Resolved)> done);

} // namespace iochron::reactor
