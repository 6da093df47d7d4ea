#include "calc/program_cache.h"

#include <algorithm>
#include <utility>

namespace iochron::calc {

ProgramCache::Result ProgramCache::get(std::string_view expression)
{
    const auto known = programs_.find(expression);
    if (known != programs_.end()) {
        if (auto program = known->second.lock()) {
            return program;
        }
    }
    auto compiled = Program::compile(expression);
    if (!compiled) {
        return std::unexpected(std::move(compiled.error()));
    }
    // Not make_shared: the weak reference would keep the program's memory as well.
    std::shared_ptr<const Program> program(new Program(std::move(*compiled)));
    if (known != programs_.end()) {
        known->second = program;
    } else {
        sweep_when_grown();
        programs_.emplace(expression, program);
    }
    return program;
}

void ProgramCache::sweep_when_grown()
{
    if (programs_.size() < sweep_at_) {
        return;
    }
    std::erase_if(programs_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max<std::size_t>(64, programs_.size() * 2);
}

} // namespace iochron::calc
