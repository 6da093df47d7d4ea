#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace iochron::client {

/// Where a whole update lies in the stream, and the Monitor at its place: asked for from memory before it is needed, so
/// that scattered ids do not wait one by one.
template <class Monitor>
struct Seen {
    const std::byte* at;
    const std::byte* end;
    Monitor* monitor;
};

/// How many updates are looked at before the first of them is taken.
inline constexpr std::size_t seen_ahead = 32;

template <class Monitor>
using SeenAhead = std::array<Seen<Monitor>, seen_ahead>;

// hot.
/// Takes updates as long as look(at, end, seen) finds some, which gives how many, and take(one) says that it was one.
/// Gives the bytes taken.
template <class Monitor, class Look, class Take>
std::size_t take_updates(std::span<const std::byte> bytes, Look look, Take take)
{
    SeenAhead<Monitor> seen;
    const std::byte* at = bytes.data();
    for (;;) {
        const std::size_t count = look(at, bytes.data() + bytes.size(), seen);
        for (std::size_t i = 0; i < count; ++i) {
            if (!take(seen[i])) {
                return static_cast<std::size_t>(at - bytes.data());
            }
            at = seen[i].end;
        }
        if (count < seen_ahead) {
            return static_cast<std::size_t>(at - bytes.data());
        }
    }
}

} // namespace iochron::client
