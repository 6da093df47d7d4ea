#pragma once

#include "calc/compile_error.h"
#include "calc/instruction.h"
#include "calc/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::calc {

/// One element of an expression in postfix order. A conditional "a ? b : c" is a jump_unless b jump c join.
struct Step {
    Instruction instruction;
    std::uint16_t column;
};

/// Puts one expression of at most max_expression_bytes into postfix order, with Base's own grammar: operands and
/// operators alternate; operators wait on a stack; and values are counted without regard to branches, or to which
/// comma belongs to which function. So what it accepts need not run: balance.h tells. All private steps give false
/// when they have found an error.
/// Thread: shard
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    [[nodiscard]] bool parse();
    [[nodiscard]] std::vector<Step>& steps() { return steps_; }
    [[nodiscard]] CompileError& error() { return *error_; }

  private:
    /// An operator that waits for its right operand, or an open parenthesis.
    struct Pending {
        Kind kind;
        Level level;
        Instruction instruction;
        std::uint16_t column;
        std::uint8_t commas = 0; ///< seen inside this parenthesis
    };

    void skip_spaces();
    [[nodiscard]] bool operand();
    [[nodiscard]] bool number_or_letter();
    [[nodiscard]] bool unknown_operand();
    [[nodiscard]] bool operator_word();
    [[nodiscard]] bool unknown_operator();
    [[nodiscard]] bool unknown_word(std::size_t column, std::string remedy);
    [[nodiscard]] bool apply(const Word& word);
    [[nodiscard]] bool assign();
    [[nodiscard]] bool comma();
    [[nodiscard]] bool close();
    [[nodiscard]] bool otherwise(const Word& word);
    [[nodiscard]] bool separator();
    [[nodiscard]] bool conditions_closed();
    [[nodiscard]] bool check_depth();
    [[nodiscard]] bool too_deep();
    [[nodiscard]] bool finish();

    void emit(const Instruction& instruction, std::size_t column);
    void emit_pending();
    /// Emits the pending operators that bind at least as tightly as `level`.
    void emit_down_to(Level level);
    /// Emits all pending operators down to the innermost open parenthesis; gives false where none is open.
    [[nodiscard]] bool emit_to_parenthesis();
    /// Emits all pending operators; an open parenthesis is an error.
    [[nodiscard]] bool emit_all();

    [[nodiscard]] bool fail(Reason reason, std::size_t column, std::string what, std::string remedy);

    std::string_view text_;
    std::size_t at_ = 0;      ///< where the next element starts
    std::size_t element_ = 0; ///< where the present element started
    bool operand_wanted_ = true;
    int depth_ = 0; ///< values on the stack, counted straight through
    std::vector<Step> steps_;
    std::vector<Pending> pending_;
    std::vector<std::size_t> open_conditions_; ///< columns of each ? without its :
    std::optional<CompileError> error_;
};

} // namespace iochron::calc
