#pragma once

#include "base/fault.h"
#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <span>

namespace iochron::wire::ca {

/// EVENT_ADD from the client: subscribes. Type and mask are unchecked; rsrv closes the circuit on an invalid type, and
/// on a mask of 0 or beyond 8 bits.
struct EventAdd {
    Dbr type{};
    std::uint32_t count = 0; ///< elements in each update; 0: what there is (since minor 13)
    Sid sid{};
    SubId subscription{};
    std::uint16_t mask = 0; ///< bits of pv::Mask: 1 value, 2 log, 4 alarm, 8 property

    bool operator==(const EventAdd&) const = default;
};

/// EVENT_ADD from the server: an update. See value.h for what is in it, and for the fast way to make one.
struct Update {
    Dbr type{};
    std::uint32_t count = 0;
    Eca status = Eca::normal;
    SubId subscription{};
    std::span<const std::byte> data; ///< without padding when sent, with it when received
};

/// EVENT_CANCEL from the client. Only sid and subscription count; libca cuts the count to 16 bits.
struct EventCancel {
    Dbr type{};
    std::uint32_t count = 0;
    Sid sid{};
    SubId subscription{};

    bool operator==(const EventCancel&) const = default;
};

/// The server's answer to EVENT_CANCEL, with type and count of the EVENT_ADD: an EVENT_ADD without payload. The last
/// message of its subscription. (A server must never answer with EVENT_CANCEL: libca drops the circuit then.)
struct CancelConfirm {
    Dbr type{};
    std::uint32_t count = 0;
    Sid sid{};
    SubId subscription{};

    bool operator==(const CancelConfirm&) const = default;
};

/// The client asks the server to hold back updates on this circuit, and to go on. No answer.
struct EventsOff {};
struct EventsOn {};

[[nodiscard]] Header to_header(const EventAdd& message);
void write_payload(base::Writer& writer, const EventAdd& message);
/// Fault: the payload is too short for a mask.
[[nodiscard]] base::Result<EventAdd> decode_event_add(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const Update& message);
void write_payload(base::Writer& writer, const Update& message);
/// An EVENT_ADD from the server without payload confirms a cancel, or is the update of an empty array of a plain type,
/// which rsrv does send: only a client that has cancelled can tell. libca drops both.
[[nodiscard]] constexpr bool may_be_confirm(const Header& header)
{
    return header.size == 0;
}
// hot: field by field from the header.
[[nodiscard]] inline Update decode_update(const Header& header, std::span<const std::byte> payload)
{
    return {.type = Dbr{header.type},
            .count = header.count,
            .status = Eca{header.p1},
            .subscription = SubId{header.p2},
            .data = payload};
}

[[nodiscard]] Header to_header(const EventCancel& message);
[[nodiscard]] EventCancel decode_event_cancel(const Header& header);

[[nodiscard]] Header to_header(const CancelConfirm& message);
[[nodiscard]] CancelConfirm decode_cancel_confirm(const Header& header);

[[nodiscard]] Header to_header(EventsOff message);
[[nodiscard]] Header to_header(EventsOn message);

} // namespace iochron::wire::ca
