# int wf_try(int promise, double milliseconds): call wf_tried with these; WF_STUCK (-1) if the engine throws,
# which is how it says that it cannot suspend frames of JavaScript. C has no way to catch that.
	.functype	wf_tried (i32, f64) -> (i32)

	.section	.text.wf_try,"",@
	.globl	wf_try
	.type	wf_try,@function
wf_try:
	.functype	wf_try (i32, f64) -> (i32)
	try	i32
	local.get	0
	local.get	1
	call	wf_tried
	catch_all
	i32.const	-1
	end_try
	end_function
