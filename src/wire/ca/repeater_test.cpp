#include "wire/ca/repeater.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Repeater, RegistrationAndItsAnswer)
{
    const RepeaterRegister wish{.address = 0x7F000001};
    EXPECT_EQ(hex_of(wish), same("0018 0000 0000 0000 00000000 7f000001"));
    EXPECT_EQ(decode_repeater_register(next_message(from_hex(hex_of(wish))).header), wish);
    const RepeaterConfirm answer{.address = 0x7F000001};
    EXPECT_EQ(hex_of(answer), same("0011 0000 0000 0000 00000000 7f000001"));
    EXPECT_EQ(decode_repeater_confirm(next_message(from_hex(hex_of(answer))).header), answer);
}

} // namespace
} // namespace iochron::wire::ca
