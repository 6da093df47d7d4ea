#include "calc/vocabulary.h"

#include "base/nearest.h"
#include "calc/integer.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace iochron::calc {

namespace {

constexpr Word constant(std::string_view name, double value)
{
    return {name, Kind::value, Level::none, {.op = Op::literal, .literal = value}};
}

constexpr Word source(std::string_view name, Op op)
{
    return {name, Kind::value, Level::none, {.op = op, .literal = 0}};
}

constexpr Word of_one(std::string_view name, double (*function)(double))
{
    return {name, Kind::prefix, Level::prefix, {.op = Op::unary, .unary = function}};
}

constexpr Word of_two(std::string_view name, double (*function)(double, double))
{
    return {name, Kind::prefix, Level::prefix, {.op = Op::binary, .binary = function}};
}

constexpr Word of_any(std::string_view name, double (*function)(std::span<const double>))
{
    return {name, Kind::variadic, Level::prefix, {.op = Op::variadic, .count = 1, .variadic = function}};
}

constexpr Word infix(std::string_view name, Level level, Op op)
{
    return {name, Kind::binary, level, {.op = op, .literal = 0}};
}

constexpr Word infix(std::string_view name, Level level, double (*function)(double, double))
{
    return {name, Kind::binary, level, {.op = Op::binary, .binary = function}};
}

constexpr Word mark(std::string_view name, Kind kind, Op op = Op::end)
{
    return {name, kind, Level::none, {.op = op, .literal = 0}};
}

/// The extreme of the values, or NaN if one of them is (as Base has it; fmax would pass it over).
template <class Better>
double extreme(std::span<const double> values, Better better)
{
    double best = values.front();
    for (const double value : values.subspan(1)) {
        best = better(value, best) || std::isnan(value) ? value : best;
        if (std::isnan(best)) {
            return best;
        }
    }
    return best;
}

double least(std::span<const double> values)
{
    return extreme(values, [](double a, double b) { return a < b; });
}

double greatest(std::span<const double> values)
{
    return extreme(values, [](double a, double b) { return a > b; });
}

double all_finite(std::span<const double> values)
{
    for (const double value : values) {
        if (!std::isfinite(value)) {
            return 0;
        }
    }
    return 1;
}

double any_nan(std::span<const double> values)
{
    for (const double value : values) {
        if (std::isnan(value)) {
            return 1;
        }
    }
    return 0;
}

/// -1 for minus infinity, as Base built with the GNU C library gives it.
double infinite(double x)
{
    return std::isinf(x) ? (x > 0 ? 1 : -1) : 0;
}

double nearest_integer(double x)
{
    return to_int32(x >= 0 ? x + 0.5 : x - 0.5);
}

double modulo(double a, double b)
{
    const std::int32_t divisor = to_int32(b);
    if (divisor == 0) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return divisor == -1 ? 0 : to_int32(a) % divisor; // least % -1 would trap
}

/// The lower 5 bits of the right operand count.
unsigned shift(double by)
{
    return to_word(by) & 31u;
}

constexpr auto operands = std::to_array<Word>({
    constant("PI", std::numbers::pi),
    constant("D2R", std::numbers::pi / 180.0),
    constant("R2D", 180.0 / std::numbers::pi),
    source("VAL", Op::last_value),
    source("RNDM", Op::random),
    mark("(", Kind::open),
    {"-", Kind::prefix, Level::prefix, {.op = Op::negate, .literal = 0}},
    of_one("!", [](double x) -> double { return x == 0; }),
    of_one("~", [](double x) -> double { return ~to_signed_word(x); }),
    of_one("NOT", [](double x) -> double { return ~to_signed_word(x); }),
    of_one("ABS", [](double x) { return std::fabs(x); }),
    of_one("SQR", [](double x) { return std::sqrt(x); }),
    of_one("SQRT", [](double x) { return std::sqrt(x); }),
    of_one("EXP", [](double x) { return std::exp(x); }),
    of_one("LOG", [](double x) { return std::log10(x); }),
    of_one("LOGE", [](double x) { return std::log(x); }),
    of_one("LN", [](double x) { return std::log(x); }),
    of_one("SIN", [](double x) { return std::sin(x); }),
    of_one("COS", [](double x) { return std::cos(x); }),
    of_one("TAN", [](double x) { return std::tan(x); }),
    of_one("ASIN", [](double x) { return std::asin(x); }),
    of_one("ACOS", [](double x) { return std::acos(x); }),
    of_one("ATAN", [](double x) { return std::atan(x); }),
    of_one("SINH", [](double x) { return std::sinh(x); }),
    of_one("COSH", [](double x) { return std::cosh(x); }),
    of_one("TANH", [](double x) { return std::tanh(x); }),
    of_one("CEIL", [](double x) { return std::ceil(x); }),
    of_one("FLOOR", [](double x) { return std::floor(x); }),
    of_one("NINT", nearest_integer),
    of_one("ISINF", infinite),
    of_two("ATAN2", [](double x, double y) { return std::atan2(y, x); }), // the other way round than in C
    of_two("FMOD", [](double a, double b) { return std::fmod(a, b); }),
    of_any("MIN", least),
    of_any("MAX", greatest),
    of_any("FINITE", all_finite),
    of_any("ISNAN", any_nan),
});

constexpr auto operators = std::to_array<Word>({
    infix("||", Level::or_, [](double a, double b) -> double { return a != 0 || b != 0; }),
    infix("|", Level::or_, [](double a, double b) -> double { return to_signed_word(a) | to_signed_word(b); }),
    infix("OR", Level::or_, [](double a, double b) -> double { return to_signed_word(a) | to_signed_word(b); }),
    infix("XOR", Level::or_, [](double a, double b) -> double { return to_signed_word(a) ^ to_signed_word(b); }),
    infix("&&", Level::and_, [](double a, double b) -> double { return a != 0 && b != 0; }),
    infix("&", Level::and_, [](double a, double b) -> double { return to_signed_word(a) & to_signed_word(b); }),
    infix("AND", Level::and_, [](double a, double b) -> double { return to_signed_word(a) & to_signed_word(b); }),
    infix("<<", Level::and_, [](double a, double b) -> double { return to_signed_word(a) << shift(b); }),
    infix(">>", Level::and_, [](double a, double b) -> double { return to_signed_word(a) >> shift(b); }),
    infix(">>>", Level::and_, [](double a, double b) -> double { return to_word(a) >> shift(b); }),
    infix("=", Level::compare, [](double a, double b) -> double { return a == b; }),
    infix("==", Level::compare, [](double a, double b) -> double { return a == b; }),
    infix("!=", Level::compare, [](double a, double b) -> double { return a != b; }),
    infix("#", Level::compare, [](double a, double b) -> double { return a != b; }),
    infix("<", Level::compare, [](double a, double b) -> double { return a < b; }),
    infix("<=", Level::compare, [](double a, double b) -> double { return a <= b; }),
    infix(">", Level::compare, [](double a, double b) -> double { return a > b; }),
    infix(">=", Level::compare, [](double a, double b) -> double { return a >= b; }),
    infix("+", Level::sum, Op::add),
    infix("-", Level::sum, Op::subtract),
    infix("*", Level::product, Op::multiply),
    infix("/", Level::product, Op::divide),
    infix("%", Level::product, modulo),
    infix("**", Level::power, [](double a, double b) { return std::pow(a, b); }),
    infix("^", Level::power, [](double a, double b) { return std::pow(a, b); }),
    mark(")", Kind::close),
    mark(",", Kind::comma),
    mark(";", Kind::separator),
    mark("?", Kind::condition, Op::jump_unless),
    mark(":", Kind::otherwise, Op::jump),
    mark(":=", Kind::assign, Op::store),
});

const Word* longest(std::span<const Word> words, std::string_view text)
{
    const Word* found = nullptr;
    for (const Word& word : words) {
        if (starts_with(text, word.name) && (found == nullptr || word.name.size() > found->name.size())) {
            found = &word;
        }
    }
    return found;
}

} // namespace

const Word* find_operand(std::string_view text)
{
    return longest(operands, text);
}

const Word* find_operator(std::string_view text)
{
    return longest(operators, text);
}

std::string_view similar_operand(std::string_view word)
{
    std::array<std::string_view, operands.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = operands[i].name;
    }
    return base::nearest(word, names);
}

} // namespace iochron::calc
