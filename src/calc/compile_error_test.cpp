#include "calc/compile_error.h"

#include "calc/program.h"

#include <gtest/gtest.h>

#include <string>

namespace iochron::calc {
namespace {

struct Case {
    std::string expression;
    Reason reason;
    std::size_t column;
    const char* what; ///< a part of it
};

std::string repeated(const std::string& part, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += part;
    }
    return all;
}

TEST(CompileError, SaysWhatAndWhere)
{
    const Case cases[] = {
        {"", Reason::empty, 0, "empty"},
        {"   ", Reason::incomplete, 3, "operand is missing"},
        {"A+", Reason::incomplete, 2, "operand is missing"},
        {"A;", Reason::incomplete, 2, "operand is missing"},
        {"B:=A", Reason::incomplete, 4, "nothing is the result"},
        {"A;B", Reason::incomplete, 3, "more than one value"},
        {"(A,B)", Reason::incomplete, 5, "more than one value"},
        {"A;B;C:=1", Reason::too_many_results, 3, "more than one value"},
        {"A+1e400", Reason::bad_literal, 2, "'1e400'"},
        {"A+1e-310", Reason::bad_literal, 2, "'1e-310'"},
        {"0x1FFFFFFFF", Reason::bad_literal, 0, "'0x1FFFFFFFF'"},
        {"A + .", Reason::bad_literal, 4, "'.'"},
        {"A+B:=1", Reason::bad_assignment, 3, "assigned"},
        {"VAL:=1", Reason::bad_assignment, 3, "assigned"},
        {"A:=B:=1;A", Reason::bad_assignment, 4, "assigned"},
        {"3:=A", Reason::bad_assignment, 1, "assigned"},
        {"A,B", Reason::bad_separator, 1, "comma"},
        {"MAX(A,B),C", Reason::bad_separator, 8, "comma"},
        {"A+B)", Reason::not_opened, 3, "')' without"},
        {"2*((A+B)", Reason::not_closed, 2, "'(' without"},
        {"(A;B)", Reason::not_closed, 0, "'(' without"},
        {"A?B", Reason::conditional, 1, "'?' without"},
        {"A?B?C:D", Reason::conditional, 1, "'?' without"},
        {"A?B;C:D", Reason::conditional, 1, "'?' without"},
        {"A:B", Reason::conditional, 1, "':' without"},
        {"1?ATAN2 A:B", Reason::underflow, 9, "too few arguments"},
        {"ATAN2(A)", Reason::incomplete, 8, "nothing is the result"},
        {"(ATAN2 A,7)", Reason::underflow, 1, "too few arguments"},
        {"1+(A?2):3", Reason::incomplete, 7, "different numbers of values"},
        {"ATAN2(A?1,2:3)", Reason::incomplete, 11, "different numbers of values"},
        {"A+X", Reason::syntax, 2, "unknown operand 'X'"},
        {"SQTR(A)", Reason::syntax, 0, "unknown operand 'SQTR'"},
        {"INT(A)", Reason::syntax, 0, "unknown operand 'INT'"},
        {"A + VALUE", Reason::syntax, 4, "unknown operand 'VALUE'"},
        {"A ++ B", Reason::syntax, 3, "an operand is wanted, but '+'"},
        {"SIN()", Reason::syntax, 4, "an operand is wanted, but ')'"},
        {"A $ B", Reason::syntax, 2, "an operator is wanted, but '$'"},
        {"2 3", Reason::syntax, 2, "an operator is wanted, but '3'"},
        {"A(1)", Reason::syntax, 1, "an operator is wanted, but '('"},
        {std::string("A\0B", 3), Reason::syntax, 1, "\\x00"},
        {"A+\xC3\xA4", Reason::syntax, 2, "\\xc3"},
        {repeated("(1+", 79) + "1" + repeated(")", 79), Reason::overflow, 237, "more than 79 values"},
        {"(" + repeated("ATAN2 A,", 120) + "A)", Reason::overflow, 632, "more than 79 values"},
        {repeated(" ", max_expression_bytes) + "A", Reason::too_long, max_expression_bytes, "4097 bytes"},
    };
    for (const auto& [expression, reason, column, what] : cases) {
        const auto program = Program::compile(expression);
        ASSERT_FALSE(program) << expression;
        const CompileError& error = program.error();
        EXPECT_EQ(error.reason, reason) << error.text(expression);
        EXPECT_EQ(error.column, column) << error.text(expression);
        EXPECT_NE(error.what.find(what), std::string::npos) << error.text(expression);
        EXPECT_FALSE(error.remedy.empty()) << error.text(expression);
    }
}

TEST(CompileError, ReadsAsOneSentence)
{
    const auto program = Program::compile("A?B");
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().text("A?B"), "'?' without its ':' at column 2 of 'A?B'; write condition ? value : value");
}

TEST(CompileError, NamesTheFunctionThatMayBeMeant)
{
    EXPECT_EQ(Program::compile("XSIN(A)").error().remedy, "did you mean 'SIN'?");
    EXPECT_EQ(Program::compile("FLOR(A)").error().remedy, "did you mean 'FLOOR'?");
    EXPECT_EQ(Program::compile("A+sqtr(B)").error().remedy, "did you mean 'SQR'?");
}

} // namespace
} // namespace iochron::calc
