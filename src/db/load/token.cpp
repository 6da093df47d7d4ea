#include "db/load/token.h"

#include <fmt/format.h>

namespace iochron::db::load {

std::string describe(const Token& token)
{
    switch (token.kind) {
    case Token::Kind::end:
        return "the end of the file";
    case Token::Kind::quoted:
        return fmt::format("\"{}\"", token.word.text);
    default:
        return fmt::format("'{}'", token.word.text);
    }
}

} // namespace iochron::db::load
