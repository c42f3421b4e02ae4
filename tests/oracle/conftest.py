from tests.oracle.written_forms import pin_zones

pin_zones()  # before `workclock` looks for zone data
