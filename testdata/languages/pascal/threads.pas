{ Four threads share a sum. }
program main;
{$mode objfpc}
uses
  cthreads, Classes;
const
  each = 250000;
type
  TAdder = class(TThread)
  private
    FFirst, FSum: int64;
  protected
    procedure Execute; override;
  public
    constructor Create(first: int64);
    property Sum: int64 read FSum;
  end;

constructor TAdder.Create(first: int64);
begin
  FFirst := first;
  inherited Create(false);
end;

procedure TAdder.Execute;
var
  i: int64;
begin
  for i := FFirst to FFirst + each - 1 do
    FSum := FSum + i;
end;

var
  adders: array[0..3] of TAdder;
  i: integer;
  sum: int64;
begin
  for i := 0 to 3 do
    adders[i] := TAdder.Create(1 + i * each);
  sum := 0;
  for i := 0 to 3 do
  begin
    adders[i].WaitFor;
    sum := sum + adders[i].Sum;
    adders[i].Free;
  end;
  writeln(sum);
end.
