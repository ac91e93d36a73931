-- Prints a greeting.
module Main (main) where

main :: IO ()
main = putStrLn "hello"
