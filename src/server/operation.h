#pragma once

#include "base/slots.h"
#include "server/fanout.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace iochron::server {

/// The index of a channel within its session.
using ChannelIndex = std::uint32_t;

/// What has been asked of a Source and not been answered yet.
/// Thread: shard
struct Operation {
    enum class Kind : std::uint8_t { read_notify, read, write, write_notify, process, call, first_value };

    Kind kind = Kind::read_notify;
    LaneIndex lane = none; ///< of the session
    ChannelIndex channel = none;
    std::uint32_t place = 0;   ///< in the session's list
    GroupIndex group = none;   ///< first_value: what the member joins
    std::uint32_t wire_id = 0; ///< first_value: of the member

    /// What the protocol needs of the request when its answer comes.
    template <class T>
    void remember(const T& request)
    {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(request_));
        std::memcpy(request_.data(), &request, sizeof request);
    }
    template <class T>
    [[nodiscard]] T remembered() const
    {
        T request;
        std::memcpy(&request, request_.data(), sizeof request);
        return request;
    }

  private:
    std::array<std::byte, 28> request_{};
};

} // namespace iochron::server
