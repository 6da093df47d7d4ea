#pragma once

#include "calc/program.h"

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace iochron::db {

/// A CALC text with its program; records with the same text share it.
struct Expression {
    std::string text;
    calc::Program program;
    std::size_t owners = 0;
};

/// The expressions in use. Unlike calc::ProgramCache it counts owners itself, so that a record needs one pointer.
/// Thread: shard
class Expressions {
  public:
    /// The expression of that text, owned once more; or what is wrong with the text.
    [[nodiscard]] std::expected<const Expression*, std::string> take(std::string_view text)
    {
        const auto found = all_.find(text);
        if (found != all_.end()) {
            ++found->second->owners;
            return found->second.get();
        }
        auto program = calc::Program::compile(text);
        if (!program) {
            return std::unexpected(program.error().text(text));
        }
        auto fresh = std::make_unique<Expression>(std::string(text), *std::move(program), 1);
        const Expression* const expression = fresh.get();
        all_.emplace(expression->text, std::move(fresh));
        return expression;
    }
    void release(const Expression* expression)
    {
        const auto found = all_.find(expression->text);
        if (--found->second->owners == 0) {
            all_.erase(found);
        }
    }

  private:
    std::unordered_map<std::string_view, std::unique_ptr<Expression>> all_;
};

} // namespace iochron::db
