-- An error that nobody catches; want stderr: boom\nCallStack \(from HasCallStack\):\n  error, called at main\.hs:6:17 in main:Main
module Main (main) where

check :: Int -> Int
check value
  | value < 0 = error "boom"
  | otherwise = value

main :: IO ()
main = print (check (-1))
