#pragma once

#include "pv/bit_set.h"
#include "pv/type.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace iochron::client {

/// What the server of a subscription has merged because its queue was full: updates that came and stand for older ones
/// too, and how often each field was said to be among what was merged. pvAccessCPP's servers and ours say so; PVXS'
/// (1.5) merge without a word.
struct Overruns {
    struct Field {
        std::string name; ///< "alarm.severity"
        std::uint64_t updates = 0;

        bool operator==(const Field&) const = default;
    };
    std::uint64_t updates = 0;
    std::vector<Field> fields; ///< those that were, in the order of the structure
};

/// Counts them.
/// Thread: shard
class OverrunCount {
  public:
    /// An update's overrun set. The mark of a structure stands for all that it holds.
    void add(const pv::TypeRef& type, const pv::BitSet& marked);
    [[nodiscard]] Overruns so_far() const;

  private:
    void name_fields(Overruns& overruns) const;

    std::uint64_t updates_ = 0;
    pv::TypeRef type_;
    std::vector<std::uint64_t> counts_; ///< by field of the type
    Overruns before_;                   ///< when the PV was of another type
};

} // namespace iochron::client
