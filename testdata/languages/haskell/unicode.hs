-- Counts the characters (not the bytes) of a line.
module Main (main) where

main :: IO ()
main = do
  line <- getLine
  print (length line)
  putStrLn line
