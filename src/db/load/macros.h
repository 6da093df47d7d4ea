#pragma once

#include "base/problem.h"

#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::load {

/// One macro: its value as written, with quotes, escapes and references that are resolved at each use.
struct Macro {
    Macro(std::string_view macro_name, std::string_view written);

    std::string name;
    std::string raw;
    bool plain; ///< the value is used as it stands: nothing in it to resolve
};

/// The macros that a file is loaded with. A name set twice has the later value. The rules are EPICS macLib's.
/// Thread: fixed (while a file is loaded)
class Macros {
  public:
    Macros() = default;
    /// As define(), at a place that says only "macro definitions".
    explicit Macros(std::string_view definitions);

    /// Takes definitions as `-m`, dbLoadRecords and msi do: A=1,B='x y',C="q". Space around names and values is
    /// dropped, quotes and escapes protect commas and space; a name without = undefines that macro.
    /// Throws Problem at a quote that is not closed or a name that is empty; `start` is the place of the first byte.
    void define(std::string_view definitions, const base::Place& start);

    void set(std::string_view name, std::string_view raw);
    void remove(std::string_view name);
    [[nodiscard]] const Macro* find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> names() const;
    [[nodiscard]] bool empty() const { return macros_.empty(); }

  private:
    std::vector<Macro> macros_;
};

} // namespace iochron::db::load
