#pragma once

#include "pv/sample.h"
#include "server/fanout.h"
#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/elements.h"
#include "wire/ca/update.h"
#include "wire/ca/value.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace iochron::server::ca {

/// Makes frames of samples, each once for all who want the same bytes. Elements of 4 KiB and more are swapped once and
/// then shared, also among groups that differ only in their block (TIME and CTRL of one array).
/// Thread: shard
class UpdateEncoder {
  public:
    static constexpr std::size_t shared_bytes = 4096; ///< payloads from here on are not copied

    // hot: no call and no allocation for the scalars that people monitor.
    /// An update, with the subscription id left zero. A value that cannot be converted gives zeros and the status.
    EncodedUpdate encode(wire::ca::Dbr type, std::uint32_t asked, const pv::Sample& sample)
    {
        if (is_scalar_update(type, asked, sample.value)) [[likely]] {
            return {{frame_.data(), scalar_update(frame_.data(), type, {}, sample)}, {}};
        }
        return encode({.type = type, .asked = asked}, sample);
    }
    EncodedUpdate encode(const wire::ca::ValueMessage& message, const pv::Sample& sample);
    /// The same with zeros and a status that is no success.
    EncodedUpdate failure(const wire::ca::ValueMessage& message, wire::ca::Eca status);

    /// Lets go of the elements kept for sharing.
    void forget_elements() { kept_ = {}; }

  private:
    /// Elements in wire order, and whose they are. `source` keeps the buffer, so that its address stays its own.
    struct Kept {
        pv::Value source;
        wire::ca::Dbr native{};
        std::uint32_t count = 0;
        wire::ca::SharedElements elements;
    };

    EncodedUpdate encode_value_of(const wire::ca::ValueMessage& message, const pv::Sample& sample);
    EncodedUpdate share(const wire::ca::ValueMessage& message, std::uint32_t count, const pv::Sample& sample);
    alignas(64) std::array<std::byte, wire::ca::scalar_update_bytes> frame_{};
    std::vector<std::byte> buffer_;
    Kept kept_;
};

} // namespace iochron::server::ca
