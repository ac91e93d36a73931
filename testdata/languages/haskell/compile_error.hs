-- A type error: a text is no number; want compile: main\.hs:5:34: error:
module Main (main) where

main :: IO ()
main = print (1 + length "two" + "three")
