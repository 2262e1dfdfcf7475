# int wf_try_wait(int handle), int wf_try_sleep(double milliseconds): call the suspending import; WF_STUCK
# (-1) if the engine refuses to suspend, because there are JavaScript frames on the stack. It says so with an
# exception of JavaScript's, which C cannot catch.
	.functype	js_wait (i32) -> (i32)
	.import_module	js_wait, wasmforge
	.import_name	js_wait, js_wait
	.functype	js_sleep (f64) -> (i32)
	.import_module	js_sleep, wasmforge
	.import_name	js_sleep, js_sleep

	.section	.text.wf_try_wait,"",@
	.globl	wf_try_wait
	.type	wf_try_wait,@function
wf_try_wait:
	.functype	wf_try_wait (i32) -> (i32)
	try	i32
	local.get	0
	call	js_wait
	catch_all
	i32.const	-1
	end_try
	end_function

	.section	.text.wf_try_sleep,"",@
	.globl	wf_try_sleep
	.type	wf_try_sleep,@function
wf_try_sleep:
	.functype	wf_try_sleep (f64) -> (i32)
	try	i32
	local.get	0
	call	js_sleep
	catch_all
	i32.const	-1
	end_try
	end_function
