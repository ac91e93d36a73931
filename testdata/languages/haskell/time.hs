-- Computes for ever.
module Main (main) where

step :: Int -> Int
step n = step ((n * 31 + 7) `mod` 1000003)

main :: IO ()
main = print (step 0)
