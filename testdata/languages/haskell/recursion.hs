-- A recursion whose end is never reached, and whose result is needed.
module Main (main) where

depth :: Integer -> Integer
depth n
  | n < 0 = 0
  | otherwise = 1 + depth (n + 1)

main :: IO ()
main = print (depth 0)
