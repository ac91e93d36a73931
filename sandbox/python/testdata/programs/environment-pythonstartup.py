print("reached?")
