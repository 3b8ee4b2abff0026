#!lua name=earmark_peer
-- Stock allocation in Redis, for the comparison: the work of one order, restock or stock check as one function each. Redis
-- runs a function to its end before anything else, so each is one instant.
--   s:SKU   hash, available units by warehouse: 0 1 2 3
--   b:SKU   list, who waits for the SKU, first come first: ORDER:LINE:UNITS
--   o:ID    the order as it was decided: ID;PREFERRED;LINE;LINE;LINE    LINE = SKU:WAREHOUSE=UNITS,...:WAITING

-- FCALL place_order 3 s:A s:B s:C  ID PREFERRED UNITS-A UNITS-B UNITS-C   -> the record
-- Each line takes from the preferred warehouse, then from the others by priority; what is missing joins the queue.
redis.register_function('place_order', function(keys, arguments)
  local id, preferred = arguments[1], arguments[2]
  local record = id .. ';' .. preferred
  for line = 1, #keys do
    local cells, wanted = keys[line], tonumber(arguments[2 + line])
    local sku, taken = string.sub(cells, 3), ''
    local there = tonumber(redis.call('HGET', cells, preferred))
    if there >= wanted then
      redis.call('HINCRBY', cells, preferred, -wanted)
      taken, wanted = preferred .. '=' .. wanted, 0
    else
      local all = redis.call('HMGET', cells, '0', '1', '2', '3')
      for place = 0, 4 do
        local warehouse = place == 0 and preferred or tostring(place - 1)
        if place == 0 or warehouse ~= preferred then
          local units = math.min(tonumber(all[tonumber(warehouse) + 1]), wanted)
          if units > 0 then
            redis.call('HINCRBY', cells, warehouse, -units)
            taken, wanted = taken .. (taken == '' and '' or ',') .. warehouse .. '=' .. units, wanted - units
          end
        end
      end
      if wanted > 0 then redis.call('RPUSH', 'b:' .. sku, id .. ':' .. line .. ':' .. wanted) end
    end
    record = record .. ';' .. sku .. ':' .. taken .. ':' .. wanted
  end
  redis.call('SET', 'o:' .. id, record)
  return record
end)

-- FCALL_RO check N s:A ...   -> 4 numbers for each SKU
redis.register_function{
  function_name = 'check',
  callback = function(keys)
    local answer = {}
    for place = 1, #keys do
      local all = redis.call('HMGET', keys[place], '0', '1', '2', '3')
      for warehouse = 1, 4 do answer[#answer + 1] = all[warehouse] end
    end
    return answer
  end,
  flags = {'no-writes'}
}
