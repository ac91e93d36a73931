-- Reads numbers from standard input: prints how many lines there were, and their sum.
module Main (main) where

main :: IO ()
main = do
  input <- lines <$> getContents
  print (length input)
  print (sum (map read (concatMap words input)) :: Int)
