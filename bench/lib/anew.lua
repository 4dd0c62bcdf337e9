-- Asks each time for something that nobody has asked for before, so that no reply is remembered.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local asked = 0
function request()
  asked = asked + 1
  local sign = string.find(wrk.path, "?", 1, true) and "&" or "?"
  return wrk.format(nil, wrk.path .. sign .. "_=" .. number .. "." .. asked)
end
