#pragma once

#include "calc/program.h"

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace iochron::calc {

/// Equal expressions share one Program, however many records have them. A program lives as long as somebody holds it;
/// what nobody holds any more is swept out while the cache grows, so expressions put by a client cannot pile up.
/// Thread: shard
class ProgramCache {
  public:
    using Result = std::expected<std::shared_ptr<const Program>, CompileError>;

    /// The program of the expression, as it is spelt. Errors are not kept.
    [[nodiscard]] Result get(std::string_view expression);

    /// How many expressions are known, those included that have not been swept out yet.
    [[nodiscard]] std::size_t size() const { return programs_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    void sweep_when_grown();

    std::unordered_map<std::string, std::weak_ptr<const Program>, Hash, std::equal_to<>> programs_;
    std::size_t sweep_at_ = 64; ///< size at which to sweep next
};

} // namespace iochron::calc
