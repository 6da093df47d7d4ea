#pragma once

#include <cstdint>
#include <optional>

namespace iochron::perf {

/// What the self-test does on purpose to the updates of one subscription.
struct Fault {
    enum class Kind : std::uint8_t {
        none,
        lose,    ///< the update does not go on
        repeat,  ///< it goes on twice
        swap,    ///< it goes on after the one that follows it
        spoil,   ///< its value is half a step too high
        silence, ///< no update goes on at all
    };
    Kind kind = Kind::none;
    std::uint64_t update = 0; ///< the how manieth of the subscription, from 1; not for silence
};

/// Plants a Fault: says what becomes of each update, by its place among those of the first subscription that is seen.
/// Thread: shard
class Planter {
  public:
    enum class Fate : std::uint8_t { pass, drop, twice, hold, then_held, spoiled };

    explicit Planter(Fault fault) : fault_(fault) {}

    [[nodiscard]] Fate fate(std::uint64_t subscription)
    {
        if (fault_.kind == Fault::Kind::none || target_.value_or(subscription) != subscription) {
            return Fate::pass;
        }
        target_ = subscription;
        ++seen_;
        if (fault_.kind == Fault::Kind::silence) {
            return Fate::drop;
        }
        if (fault_.kind == Fault::Kind::swap && seen_ == fault_.update + 1) {
            return Fate::then_held;
        }
        return seen_ == fault_.update ? planted() : Fate::pass;
    }

  private:
    [[nodiscard]] Fate planted() const
    {
        switch (fault_.kind) {
        case Fault::Kind::lose:
            return Fate::drop;
        case Fault::Kind::repeat:
            return Fate::twice;
        case Fault::Kind::swap:
            return Fate::hold;
        case Fault::Kind::spoil:
            return Fate::spoiled;
        case Fault::Kind::none:
        case Fault::Kind::silence:
            break;
        }
        return Fate::pass;
    }

    Fault fault_;
    std::optional<std::uint64_t> target_;
    std::uint64_t seen_ = 0;
};

} // namespace iochron::perf
