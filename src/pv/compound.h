#pragma once

#include "pv/structure.h"

#include <atomic>
#include <cstdint>
#include <variant>
#include <vector>

namespace iochron::pv {

/// What a compound Value refers to, counted. Nobody changes it once it is shared.
/// Thread: any
class Compound {
  public:
    using Content = std::variant<Structure, Choice, Any, std::vector<Value>>;
    explicit Compound(Content c) : content(std::move(c)) {}

    std::atomic<std::uint32_t> owners{1};
    Content content;
};

} // namespace iochron::pv
