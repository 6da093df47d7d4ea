#include "pv/status.h"

namespace iochron::pv {

std::string_view to_string(Outcome outcome)
{
    switch (outcome) {
    case Outcome::ok:
        return "ok";
    case Outcome::no_such_channel:
        return "no such channel";
    case Outcome::no_read_access:
        return "no read access";
    case Outcome::no_write_access:
        return "no write access";
    case Outcome::no_conversion:
        return "the value does not convert to that type";
    case Outcome::bad_type:
        return "no such data type";
    case Outcome::bad_count:
        return "bad element count";
    case Outcome::get_failed:
        return "the get failed";
    case Outcome::put_failed:
        return "the put failed";
    case Outcome::disconnected:
        return "disconnected";
    case Outcome::cancelled:
        return "cancelled";
    case Outcome::timed_out:
        return "timed out";
    case Outcome::busy:
        return "another put is under way";
    case Outcome::too_large:
        return "too large";
    case Outcome::unsupported:
        return "not supported";
    case Outcome::internal:
        return "internal error";
    }
    return "unknown";
}

} // namespace iochron::pv
