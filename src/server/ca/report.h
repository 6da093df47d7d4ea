#pragma once

#include <string>
#include <vector>

namespace iochron::server::ca {

class Service;

/// What the shell's `casr` prints. Level 0: the whole in a line or two; 1: with one line a circuit; 2: with one line a
/// subscription, where updates are told as delivered and, of them, superseded.
[[nodiscard]] std::vector<std::string> report(const Service& service, int level);

} // namespace iochron::server::ca
