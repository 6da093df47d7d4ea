#pragma once

#include "base/output.h"
#include "wire/ca/message.h"
#include "wire/hex.h"

#include <array>
#include <span>
#include <string>

namespace iochron::wire::ca {

/// What the message looks like on the wire, by way of an Output.
template <Message M>
std::string hex_of(const M& message)
{
    base::BlockPool pool;
    base::Output output(pool);
    encode(output, message);
    std::array<std::span<const std::byte>, 4> pieces;
    std::string all;
    for (std::size_t i = 0, n = output.gather(pieces); i < n; ++i) {
        all += to_hex(pieces[i]);
    }
    return all;
}

} // namespace iochron::wire::ca
