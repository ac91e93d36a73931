% An error that nobody catches; want stderr: error: boom\nerror: called from\n    check at line 6 column 5
1;

function result = check(value)
  if value < 0
    error("boom");
  end
  result = value;
end

disp(check(-1));
