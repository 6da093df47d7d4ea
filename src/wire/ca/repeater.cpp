#include "wire/ca/repeater.h"

namespace iochron::wire::ca {

Header to_header(const RepeaterRegister& message)
{
    return {.command = Command::repeater_register, .p2 = message.address};
}

RepeaterRegister decode_repeater_register(const Header& header)
{
    return {.address = header.p2};
}

Header to_header(const RepeaterConfirm& message)
{
    return {.command = Command::repeater_confirm, .p2 = message.address};
}

RepeaterConfirm decode_repeater_confirm(const Header& header)
{
    return {.address = header.p2};
}

} // namespace iochron::wire::ca
